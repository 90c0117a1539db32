#include "suites/catalog.h"
