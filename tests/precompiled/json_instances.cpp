#define GATEHOUSE_JSON_INSTANCES
#include "tests/precompiled/json_instances.hpp"
