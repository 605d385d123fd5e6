"""Files for people and auditors: HTML pages, charts, tables. Read ledgers, write no record."""
