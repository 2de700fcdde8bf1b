"""The fitted model in service: load, score, explain. Knows no scikit-learn and no rule hits."""
