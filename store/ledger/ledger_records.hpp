#pragma once

#include "store/ledger/ledger_counts.hpp"
#include "store/ledger/records/delivery.hpp"
#include "store/ledger/records/refund.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/ledger/records/trip.hpp"
