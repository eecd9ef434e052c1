from indicia_audit.checks import *
