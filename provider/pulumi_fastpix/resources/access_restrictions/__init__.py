"""Access restrictions of a playback ID: the domains and the user agents that may play it.

One value, `accessRestrictions`, with two *groups*, each with the same three fields::

    {"domains": {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []},
     "userAgents": {"defaultPolicy": "allow", "allow": [], "deny": []}}

`allow` counts only where the default policy is `deny`, and `deny` only where it is `allow`; every field and every group
may be left out, which is the same as what a playback ID has when it is made: `allow` and two empty lists. So says
FastPix's specification for on-demand media; for live playback IDs, it is what the same fields of its SDKs suggest.
"""
