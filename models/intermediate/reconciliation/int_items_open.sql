{{ open_items() }}
