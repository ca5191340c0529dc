"""The page that shows the sandbox in a browser: what it holds, the requests as they come, faults and switches."""
