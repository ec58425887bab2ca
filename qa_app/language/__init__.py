"""English word lists and rules: function words, stems, names, nouns, months."""
