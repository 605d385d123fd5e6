"""Figures from price series, with numpy and its relatives. Know no rule, no order, no bot."""
