"""The metric series: how it is thinned out as it ages, and read for charts."""
