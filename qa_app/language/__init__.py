"""What is known of English words: function words, stems, names, nouns, months. What is done with them is elsewhere."""
