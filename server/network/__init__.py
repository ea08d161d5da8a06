"""This machine on its network: its cards and addresses, its name by mDNS, its firewall. Knows nothing of Clipset."""
