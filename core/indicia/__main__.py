"""python -m indicia"""

from indicia.cli import main

main()
