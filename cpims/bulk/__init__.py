"""One act for many cases: a job with a result for each of them."""
