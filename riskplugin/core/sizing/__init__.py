"""How large a position may be. Knows figures and the policy, no request and no rule."""
