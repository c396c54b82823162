// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/band_economics.hpp>

namespace trimtab::test {

/// A vault of 50,000 with everything that a band is weighed by: gas, spread, impact, latency, jumps and a loss.
inline forecast::band_economics busy_vault() {
  forecast::band_economics e{.health = {.drift = -0.2, .volatility = 0.7},
                             .jumps = {.rate = 6.0, .up_share = 0.4, .down_decay = 20.0},
                             .threshold = 0.83,
                             .equity = 5e4,
                             .gas = 2.0,
                             .cost = 5e-4,
                             .impact = 2e-8,
                             .latency = 600.0 / 31536000.0,
                             .loss = 5e3,
                             .wanted = 1.3};
  e.tracking = forecast::tracking_for(2.0, e);
  return e;
}

}  // namespace trimtab::test
