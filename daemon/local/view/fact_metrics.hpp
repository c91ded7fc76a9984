#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/parts/health.hpp"

namespace gatehouse::local {

/// What is read rather than counted, as metrics of this moment: ledger, cache, destinations,
/// parts, warnings, process. A time that is not known yet has no series.
[[nodiscard]] std::vector<prometheus::MetricFamily> fact_metrics(const Facts& facts,
                                                                 const Health& health);

}  // namespace gatehouse::local
