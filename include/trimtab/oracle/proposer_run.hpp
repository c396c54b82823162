// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace trimtab::oracle {

/// @brief The probability that a proposer with a share of the stake gets `run` slots in a row, at least once in
/// `slots`.
///
/// Slots are drawn independently. Pushing a price and holding it for k blocks takes k + 1 in a row. A proposer need not
/// guess: on Ethereum the slots of an epoch are known ahead, and he waits for the run.
///
/// Formula  f(n) = f(n − 1) + sʳ·(1 − s)·(1 − f(n − r − 1)),  f(r) = sʳ,  f(n < r) = 0
/// @errors  bad_configuration (a share that is none, run < 1, slots < 0), capacity (run > 64)
/// @cost    O(slots)
/// @source  Feller 1968, An Introduction to Probability Theory, vol. I, XIII.7 (success runs)
constexpr result<double> chance_of_run(double share, int run, long long slots) noexcept {
  constexpr int longest = 64;
  if (!(share >= 0.0 && share <= 1.0) || run < 1 || slots < 0) return errc::bad_configuration;
  if (run > longest) return errc::capacity;
  if (slots < run) return 0.0;
  double whole = 1.0;
  for (int i = 0; i < run; ++i) whole *= share;
  std::array<double, longest + 1> past{};  // f(n − run − 1) … f(n − 1), in a ring
  const std::size_t length = static_cast<std::size_t>(run) + 1;
  std::size_t oldest = 0;
  double chance = whole;
  past[length - 1] = chance;
  for (long long n = run + 1; n <= slots; ++n) {
    chance += whole * (1.0 - share) * (1.0 - past[oldest]);
    past[oldest] = chance;
    oldest = oldest + 1 == length ? 0 : oldest + 1;
  }
  return smaller(1.0, chance);
}

/// @brief Slots until the end of the first such run, on average.
/// Formula  (s⁻ʳ − 1)/(1 − s); r where s = 1; +∞ where s = 0
/// @errors  bad_configuration (a share that is none, run < 1)
/// @source  Feller 1968, XIII.7, (7.7)
inline result<double> slots_until_run(double share, int run) noexcept {
  if (!(share >= 0.0 && share <= 1.0) || run < 1) return errc::bad_configuration;
  if (share == 1.0) return static_cast<double>(run);
  return std::expm1(-run * std::log(share)) / (1.0 - share);
}

}  // namespace trimtab::oracle
