"""The queue that makes videos playable: what waits (`store`), whose turn it is (`turns`), who does it (`workers`)."""
