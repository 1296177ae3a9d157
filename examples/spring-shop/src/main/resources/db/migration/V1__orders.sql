CREATE TABLE orders (id integer PRIMARY KEY, item text NOT NULL);
CREATE TABLE shipments (order_id integer PRIMARY KEY, shelf text NOT NULL);
