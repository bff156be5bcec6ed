-- Larkspur Logistics as it was before anybody wrote its access down: tables, two groups that may read them,
-- and accounts that were made by hand.
CREATE SCHEMA freight;
CREATE TABLE freight.shipment (id int PRIMARY KEY, destination text, weight_kg numeric);
CREATE TABLE freight.invoice (id int PRIMARY KEY, shipment_id int REFERENCES freight.shipment, amount_eur numeric);
INSERT INTO freight.shipment VALUES (1, 'Porto', 120), (2, 'Aarhus', 74.5), (3, 'Lagos', 310);
INSERT INTO freight.invoice VALUES (1, 1, 480), (2, 3, 1990);

CREATE ROLE analysts;
CREATE ROLE dispatchers;
GRANT USAGE ON SCHEMA freight TO analysts, dispatchers;
GRANT SELECT ON ALL TABLES IN SCHEMA freight TO analysts;
GRANT SELECT, UPDATE ON freight.shipment TO dispatchers;

CREATE ROLE svc_reports LOGIN;
CREATE ROLE tomas LOGIN;
GRANT analysts TO svc_reports;
GRANT dispatchers TO tomas;
