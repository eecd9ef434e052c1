from indicia_statistics.analysis import *
