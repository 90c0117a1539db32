#include "grading/grading.h"
