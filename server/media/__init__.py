"""From a file somebody uploaded to one that plays everywhere. The only package that knows PyAV.

The parent process imports `order`, `messages`, `facts`, `decision`, `sniff` and `child` (none of which
imports PyAV); everything that touches a file's bytes through FFmpeg runs in a spawned child
(`child.run_child`).
"""
