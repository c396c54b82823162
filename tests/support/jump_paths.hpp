// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/motion.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <cmath>
#include <cstdint>

namespace trimtab::test {

/// How one path of ln HF with jumps has ended.
struct jump_path {
  bool hit = false;
  bool by_jump = false;
  double below = 0.0;  ///< how far below 0 a jump has thrown it, in ln HF
  int jumps = 0;       ///< seen until then
};

/// @brief One path, without a grid in time: exponential waits, normal moves between jumps, and whether the bridge
/// between two known points has touched 0 on the way.
/// @param size  of the n-th jump, from a counter of its own: size(numbers, n)
/// @source   Metwally and Atiya 2002, "Using Brownian bridge for fast simulation of jump-diffusion processes and
/// barrier
///           options"; the bridge is sampled and not weighted, so that how it ended is known too
template <class Size>
jump_path jump_path_of(const forecast::motion& m, double rate, double x, double years,
                       const simulate::counter_random& numbers, Size size) {
  jump_path path;
  double at = x, time = 0.0;
  for (std::uint64_t n = 0;; ++n) {
    const double wait = rate > 0.0 ? -std::log(numbers.uniform(8 * n)) / rate : years;
    const double step = std::fmin(wait, years - time);
    const double end = at + m.drift * step + m.volatility * std::sqrt(step) * numbers.normal(4 * n + 1);
    const double touch = end <= 0.0 ? 1.0 : std::exp(-2.0 * at * end / (m.volatility * m.volatility * step));
    if (numbers.uniform(8 * n + 4) < touch) {
      path.hit = true;
      return path;
    }
    time += step;
    at = end;
    if (!(wait < years) || time >= years) return path;
    ++path.jumps;
    at += size(numbers, n);
    if (at <= 0.0) {
      path.hit = path.by_jump = true;
      path.below = -at;
      return path;
    }
  }
}

/// The size of a Kou jump, from numbers 8n + 5 and 8n + 6.
struct kou_size {
  forecast::exponential_jumps jumps;
  double operator()(const simulate::counter_random& numbers, std::uint64_t n) const {
    const double depth = -std::log(numbers.uniform(8 * n + 5));
    return numbers.uniform(8 * n + 6) < jumps.up_share ? depth / jumps.up_decay : -depth / jumps.down_decay;
  }
};

}  // namespace trimtab::test
