"""The provider and the sandbox on simulated time: whole stacks' lives, with every fault, in milliseconds.

A *program* says what a stack goes through; *programs* draws them. A *run* performs one: real provider code on real
threads, which a *scheduler* lets take turns, over a *network* that hands requests to a *server* without sockets.
The *chronicle* notes what really happened, and the *laws* judge it.
"""
