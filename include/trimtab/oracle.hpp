// SPDX-License-Identifier: MIT
#pragma once

/// oracle: may I believe this price, and whose fault is it if not.
#include <trimtab/market.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/concept.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/oracle/max_rate_of_change.hpp>
#include <trimtab/oracle/tick_window.hpp>
