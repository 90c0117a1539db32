#include "suites/yaml.h"
