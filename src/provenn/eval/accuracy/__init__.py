"""How accurate the elementary functions of a library are in binary32."""
