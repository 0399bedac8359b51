"""Small widgets that know nothing of cases: style, fonts, lamps, buttons with keys, chips, lists to pick from."""
