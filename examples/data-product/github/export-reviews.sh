#!/usr/bin/env bash
# Writes what GitHub's interface answers about each pull request that changed a request: the request, its reviews and its
# files. Copy it to .github/. Needs gh 2.48 or newer and jq, which GitHub's runners have.
set -euo pipefail
folder=${1:?usage: export-reviews.sh <folder>}
mkdir -p "$folder"

numbers() {
  if [ -n "${PULL_REQUEST:-}" ]; then echo "$PULL_REQUEST"; fi
  git log --full-history --format=%H -- 'products/*/requests/*' | while read -r commit; do
    gh api "repos/$GITHUB_REPOSITORY/commits/$commit/pulls" --jq '.[].number'
  done
}

for number in $(numbers | sort -un); do
  pull="repos/$GITHUB_REPOSITORY/pulls/$number"
  jq -n \
    --slurpfile pull <(gh api "$pull") \
    --slurpfile reviews <(gh api --paginate --slurp "$pull/reviews") \
    --slurpfile files <(gh api --paginate --slurp "$pull/files") \
    '{ pull_request: $pull[0], reviews: $reviews[0], files: $files[0] }' > "$folder/$number.json"
done
