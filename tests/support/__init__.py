"""What several tests need: the real provider process and the real engine, ready to be used."""
