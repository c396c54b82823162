// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The built-in market: a generated path with the shape of 12 to 14 March 2020, for a replay without any file.
///
/// It is *not* history. Its skeleton is read off the hourly bars of those days (194 to 150 in the morning, a long
/// afternoon around 138, a spiral in two legs to 87 in the night, a bounce to 124), and minutes are laid over it:
///
///     a minute's return = pull back to the skeleton + noise + spiral
///     noise  = σ·normal, σ rising with stress, a decaying mean of the skeleton's speed
///     spiral = a share of the fall of the minute before, as forced sales follow a fall
///     gap    = with a probability that rises with stress, the open jumps below the last close by up to `largest_gap`
///
/// At the end the whole log path is stretched by one factor (near 1) so that the worst fall within 24 hours is exactly
/// 55 % whatever the seed. Gas follows a decaying mean of the minutes' absolute returns: quiet blocks cost little, the
/// spiral many times that. All randomness is `counter_random`: the same seed gives the same path everywhere, to the
/// rounding of the C library's log and cos.

#include <trimtab/simulate/counter_random.hpp>
#include <trimtab/simulate/gas_series.hpp>
#include <trimtab/simulate/price_file.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trimtab::simulate {

/// @brief What may be varied in the built-in market.
struct crash_rules {
  std::uint64_t seed = 20'200'312;
  std::int64_t first_time = 1'583'971'200;  ///< 2020-03-12 00:00 UTC
  double opening_price = 194.0;             ///< quote per base
  double fall_in_a_day = 0.55;              ///< worst fall within 24 hours, exactly
  double calm_gwei = 12.0;
  double largest_gap = 0.03;  ///< between a close and the next open, before the stretch
};

/// @brief A market with its gas.
struct generated_market {
  price_series prices;  ///< one-minute bars
  gas_series gas;       ///< a point a minute
};

namespace detail {

struct skeleton_point {
  double minute;
  double price;
};

/// Minutes from the start and price for an opening at 194.
inline constexpr std::array<skeleton_point, 25> skeleton = {{
    {0, 194},    {540, 188},  {620, 182},  {640, 164},  {680, 152},  {760, 147},  {840, 137},  {1080, 141}, {1290, 131},
    {1375, 127}, {1392, 113}, {1420, 108}, {1490, 107}, {1530, 97},  {1560, 96},  {1578, 89},  {1586, 87},  {1600, 99},
    {1640, 117}, {1700, 124}, {1780, 111}, {1900, 126}, {2160, 131}, {2880, 127}, {4320, 130},
}};

inline constexpr std::size_t crash_minutes = 4'320;
inline constexpr std::size_t minutes_in_a_day = 1'440;
inline constexpr std::int64_t seconds_in_a_minute = 60;

[[nodiscard]] inline double skeleton_log(double minute) {
  std::size_t k = 1;
  while (k + 1 < skeleton.size() && skeleton[k].minute < minute) ++k;
  const skeleton_point a = skeleton[k - 1];
  const skeleton_point b = skeleton[k];
  const double share = (minute - a.minute) / (b.minute - a.minute);
  return std::log(a.price) + share * std::log(b.price / a.price);
}

struct log_bar {
  double open, high, low, close;
};

/// The largest fall of log price from a high to a later low not more than a day after it.
[[nodiscard]] inline double worst_log_fall_in_a_day(const std::vector<log_bar>& bars) {
  double worst = 0.0;
  std::vector<std::size_t>
      highs;  // bars of the last day whose high no later bar exceeds: the front is the day's highest
  std::size_t front = 0;
  for (std::size_t k = 0; k < bars.size(); ++k) {
    while (highs.size() > front && bars[highs.back()].high <= bars[k].high) highs.pop_back();
    highs.push_back(k);
    while (highs[front] + minutes_in_a_day < k) ++front;
    worst = std::max(worst, bars[highs[front]].high - bars[k].low);
  }
  return worst;
}

}  // namespace detail

/// @brief Generates the built-in market.
///
/// @return three days of one-minute bars that a price file could hold, and their gas
/// @pre    0 < fall_in_a_day < 1, opening_price > 0
inline generated_market generate_crash(const crash_rules& rules = {}) {
  constexpr double pull = 0.04;            // share of the distance to the skeleton that a minute takes back
  constexpr double calm_noise = 0.0010;    // standard deviation of a minute's return
  constexpr double stress_noise = 0.45;    // of the skeleton's recent speed
  constexpr double stress_memory = 0.994;  // a minute's weight in the decaying mean: half-life two hours
  constexpr double spiral = 0.25;          // of the last minute's fall
  constexpr double gap_odds = 8.0;         // per unit of speed: 1 % a minute makes 8 % of opens jump
  constexpr double most_gap_odds = 0.08;
  constexpr double wick = 0.7;  // standard deviation of a bar's excursion beyond its body, in minutes' noise
  constexpr double gas_memory = 0.95;
  constexpr double gas_per_move =
      4'000.0;  // calm gas is multiplied by 1 + this × mean absolute return of a minute above calm
  constexpr double gas_noise = 0.15;
  const counter_random noise{rules.seed, 0}, jump{rules.seed, 1}, above{rules.seed, 2}, below{rules.seed, 3},
      gas_luck{rules.seed, 4};

  std::vector<detail::log_bar> bars;
  bars.reserve(detail::crash_minutes);
  generated_market market{.prices = {.name = "built-in", .kind = series_kind::bars, .rows = {}},
                          .gas = {"built-in", {}}};
  const double start = detail::skeleton_log(0.0);
  double price = start;  // log, in the skeleton's units
  double stress = 0.0;
  double last_return = 0.0;
  double activity = calm_noise;
  for (std::size_t k = 0; k < detail::crash_minutes; ++k) {
    const double aim = detail::skeleton_log(static_cast<double>(k + 1));
    const double speed = std::abs(aim - detail::skeleton_log(static_cast<double>(k)));
    stress = std::max(speed, stress_memory * stress + (1.0 - stress_memory) * speed);
    const double sigma = calm_noise + stress_noise * stress;
    const bool jumps = jump.uniform(2 * k) < std::min(most_gap_odds, gap_odds * stress) - gap_odds * calm_noise;
    const double gap = jumps ? rules.largest_gap * jump.uniform(2 * k + 1) : 0.0;
    const double open = price - gap;
    const double forced = spiral * std::min(last_return, 0.0);
    const double close = open + pull * (aim - open) +
                         (1.0 - pull) * (aim - detail::skeleton_log(static_cast<double>(k))) + sigma * noise.normal(k) +
                         forced;
    const double high = std::max(open, close) + wick * sigma * std::abs(above.normal(k));
    const double low = std::min(open, close) - wick * sigma * std::abs(below.normal(k));
    bars.push_back({open - start, high - start, low - start, close - start});
    last_return = close - price;
    price = close;
    activity = gas_memory * activity + (1.0 - gas_memory) * std::abs(last_return);
    const double busy = 1.0 + gas_per_move * std::max(activity - 2.0 * calm_noise, 0.0);
    market.gas.points.push_back({rules.first_time + detail::seconds_in_a_minute * static_cast<std::int64_t>(k),
                                 rules.calm_gwei * busy * std::exp(gas_noise * gas_luck.normal(k))});
  }

  const double stretch = std::log1p(-rules.fall_in_a_day) / -detail::worst_log_fall_in_a_day(bars);
  const auto at = [&](double log_price) { return rules.opening_price * std::exp(stretch * log_price); };
  market.prices.rows.reserve(bars.size());
  for (std::size_t k = 0; k < bars.size(); ++k) {
    const detail::log_bar& b = bars[k];
    market.prices.rows.push_back({rules.first_time + detail::seconds_in_a_minute * static_cast<std::int64_t>(k),
                                  at(b.open), at(b.high), at(b.low), at(b.close), 0.0, 0});
  }
  return market;
}

}  // namespace trimtab::simulate
