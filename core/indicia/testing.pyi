from indicia_conformance import *
