"""Train, evaluate and compare classifiers. scikit-learn and pandas live here and nowhere else."""
