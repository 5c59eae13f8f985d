"""The files that pay a closed pay period. What banks answer to them is collected, as all deliveries are."""
