"""The second engine: executed notebooks rendered by the ``quarto`` command. Nothing else calls it."""
