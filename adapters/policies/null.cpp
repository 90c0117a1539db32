#include "adapters/registry.h"
