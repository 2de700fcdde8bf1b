"""A submission in, an assessment out: score, policy, explain. Start reading at screener.py."""
