// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/first_passage.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace trimtab::forecast {

/// How a monitored probability was found.
enum class monitoring_method : std::uint8_t {
  no_look,          ///< the horizon ends before the first look, or the account is below the barrier already
  recursion,        ///< look by look, by quadrature: few looks, and for small probabilities
  shifted_barrier,  ///< continuous monitoring of a barrier further away: many
};

/// Probability of liquidation when health is looked at only now and then, by blocks, keepers or an oracle's heartbeat.
struct monitored {
  double hit = 0.0;
  double error = 0.0;  ///< estimate, absolute
  double looks = 0.0;  ///< over the horizon
  monitoring_method method = monitoring_method::no_look;
};

/// −ζ(½)/√(2π): between two looks health falls below what they see by so many deviations, on average.
/// @source   Broadie, Glasserman and Kou 1997, "A continuity correction for discrete barrier options", Theorem 1.1
inline constexpr double continuity_shift = 0.5825971579390106702;

/// @brief The ln HF from which continuous monitoring has about the probability that looks every `interval` years have
/// from `x`. With 80 % volatility 2.9 basis points more for blocks of 12 seconds, 50 for hours.
///
/// The probability from there is too low, by about the density of a quarter of an interval: 0.4 % of itself at a
/// distance of 1 deviation and 50 looks, but 25 % at 3 and 5 looks. `monitored_probability` adds that.
inline double seen_from(const motion& m, double log_health, double interval) noexcept {
  return log_health + continuity_shift * m.volatility * std::sqrt(interval);
}

namespace detail {

/// The recursion, in standard deviations of one interval.
class looks_recursion {
public:
  static constexpr double deviations = 7.5;  ///< paths further up than these hardly ever come back: 2Φ(−7.5) = 6e-14
  static constexpr double most_looks = 128.0;

  /// Whether it fits: it cannot reach far enough up where the account is safe beyond the range of doubles anyway.
  static bool fits(double health, double looks) noexcept {
    return looks <= most_looks && health + deviations * std::sqrt(looks) <= width * static_cast<double>(most_panels);
  }

  /// uₖ(x) = Φ(−x−d) + ∫₀^∞ φ(y−x−d)·uₖ₋₁(y) dy, u₀ = 0: the probability to be found at or below 0 in k looks.
  static double hit(double health, double drift, int looks) noexcept {
    const double top = health + deviations * std::sqrt(static_cast<double>(looks));
    const int panels = static_cast<int>(top / width) + 1;
    // A rare event comes by even steps down all the way, or by steps against the drift, whichever are longer.
    const double even = -health / static_cast<double>(looks), steepest = smaller(drift, smaller(-drift, even));
    const double lowest = drift < even ? drift : steepest;
    const double first_offset = std::floor((lowest - reach) / width);
    // Offsets that no pair of panels has are all the same.
    const double most = static_cast<double>(most_panels + most_blocks);
    const int first = static_cast<int>(larger(-most, smaller(most, first_offset)));
    const double count = std::floor((drift - lowest) / width) + 2.0 * reach / width + 1.0;
    const int blocks = static_cast<int>(smaller(count, static_cast<double>(most_blocks)));

    std::array<double, static_cast<std::size_t>(most_blocks * nodes * nodes)>
        kernel;  // φ between node i of a panel and node j of one further up
    for (int b = 0; b < blocks; ++b)
      for (int i = 0; i < nodes; ++i)
        for (int j = 0; j < nodes; ++j)
          kernel[at(b, i, j)] =
              0.5 * width * weight[index(j)] * normal_density((first + b) * width + place(j) - place(i) - drift);

    std::array<double, static_cast<std::size_t>(most_panels * nodes)> now, next;
    for (int p = 0; p < panels; ++p)
      for (int i = 0; i < nodes; ++i) now[at(p, i)] = normal_cdf(-(p * width + place(i)) - drift);
    for (int k = 2; k < looks; ++k) {
      for (int p = 0; p < panels; ++p) {
        std::array<double, nodes> sum{};
        for (int b = 0; b < blocks; ++b) {
          const int q = p + first + b;
          if (q < 0 || q >= panels) continue;
          for (int i = 0; i < nodes; ++i)
            for (int j = 0; j < nodes; ++j) sum[index(i)] += kernel[at(b, i, j)] * now[at(q, j)];
        }
        for (int i = 0; i < nodes; ++i) next[at(p, i)] = normal_cdf(-(p * width + place(i)) - drift) + sum[index(i)];
      }
      now.swap(next);
    }
    double last = normal_cdf(-health - drift);
    if (looks == 1) return last;
    for (int p = 0; p < panels; ++p)
      for (int j = 0; j < nodes; ++j)
        last += 0.5 * width * weight[index(j)] * normal_density(p * width + place(j) - health - drift) * now[at(p, j)];
    return last;
  }

private:
  // Gauss–Legendre with 8 nodes on panels one deviation wide, on which Gaussians are good to 1e-13.
  static constexpr int nodes = 8, most_blocks = 128, most_panels = 512;
  static constexpr double width = 1.0, reach = 9.0;
  static constexpr std::array<double, nodes> node = {-0.96028985649753623, -0.79666647741362674, -0.52553240991632899,
                                                     -0.18343464249564980, 0.18343464249564980,  0.52553240991632899,
                                                     0.79666647741362674,  0.96028985649753623};
  static constexpr std::array<double, nodes> weight = {0.10122853629037626, 0.22238103445337447, 0.31370664587788729,
                                                       0.36268378337836198, 0.36268378337836198, 0.31370664587788729,
                                                       0.22238103445337447, 0.10122853629037626};
  static constexpr std::size_t index(int i) noexcept { return static_cast<std::size_t>(i); }
  static constexpr std::size_t at(int panel, int i) noexcept { return index(panel * nodes + i); }
  static constexpr std::size_t at(int block, int i, int j) noexcept { return index((block * nodes + i) * nodes + j); }
  static constexpr double place(int i) noexcept { return 0.5 * width * (1.0 + node[index(i)]); }
};

/// To the second order in the interval. The overshoot at a look is not yet what the shift assumes while health is only
/// a few intervals' deviations: 1/√2 in place of β at first (twice the gap here), and from there as e^{−√(2π)·x/(σ√Δ)}.
inline monitored by_shifted_barrier(const motion& m, double log_health, double looks, double interval) noexcept {
  const double until = looks * interval, step = m.volatility * std::sqrt(interval);
  const in_deviations at = in_deviations_of(m, log_health, until);
  const double reach = 1.0 + 0.5 * (at.both + magnitude(at.apart));
  const double x = seen_from(m, log_health, interval), longer = until + 0.25 * interval;
  const double hit = liquidation_probability(m, x, longer);
  const double unsettled = 0.26 * std::exp(-2.5 * (log_health / step));
  const double error = 0.02 * reach * reach * reach / (looks * std::sqrt(looks)) * hit +
                       (hit - liquidation_probability(m, x + unsettled * step, longer));
  return {smaller(hit, liquidation_probability(m, log_health, until)), error, looks,
          monitoring_method::shifted_barrier};
}

}  // namespace detail

/// @brief Probability that ln HF is at or below 0 at one of the looks at Δ, 2Δ, …, up to T: liquidation as seen by
/// blocks, a keeper or the heartbeat of an oracle. The continuous value is its upper bound.
///
/// Up to 20 looks, and up to 128 where that many are few for so unlikely an event: the recursion from look to look, to
/// 1e-11 of itself in 0.1 to 1 ms for 20 looks, up to 30 for 128. For more: continuous monitoring of a barrier moved
/// away by βσ√Δ, until T + Δ/4; its error is of the order n^(−3/2), estimated as 0.02·(1 + (x + |ν|T)/(σ√T))³·n^(−3/2)
/// and more at the barrier.
/// @param log_health  x = ln HF now; at or below 0 it is liquidated already
/// @param years       T ≥ 0
/// @param interval    Δ > 0, years; T need not be a multiple
/// @errors   not_finite; bad_configuration: a volatility or interval not above 0, T < 0; outside_validity: so much
///           drift in one interval, or so unlikely an event, that the estimate is half the probability
/// @source   Broadie, Glasserman and Kou 1997 for β; the quarter of an interval derived here: by Wald's identity
///           E e^{−ατ} = e^{−γ(x+R)} with the overshoot's mean β + w/4 and variance ¼ under the tilted drift w, which
///           gives −αΔ/4, and half an interval for times that are multiples of Δ
inline result<monitored> monitored_probability(const motion& m, double log_health, double years,
                                               double interval) noexcept {
  if (const errc bad = m.validate(); bad != errc::ok) return bad;
  for (const double value : {log_health, years, interval})
    if (!is_finite(value)) return errc::not_finite;
  if (years < 0.0 || !(interval > 0.0)) return errc::bad_configuration;
  const double looks = std::floor(years / interval * (1.0 + 4.0 * std::numeric_limits<double>::epsilon()));
  if (log_health <= 0.0) return monitored{1.0, 0.0, looks, monitoring_method::no_look};
  if (looks == 0.0) return monitored{};
  if (!is_finite(looks)) return errc::outside_validity;

  const double until = looks * interval, root = std::sqrt(interval),
               upper = liquidation_probability(m, log_health, until);
  if (!(upper > 0.0)) return monitored{0.0, std::numeric_limits<double>::min(), looks, monitoring_method::recursion};
  const double health = log_health / m.volatility / root, drift = m.drift / m.volatility * root;
  const monitored shifted = detail::by_shifted_barrier(m, log_health, looks, interval);
  if ((looks <= 20.0 || !(shifted.error <= 1e-3 * shifted.hit)) && detail::looks_recursion::fits(health, looks)) {
    const double hit = detail::looks_recursion::hit(health, drift, static_cast<int>(looks));
    return monitored{smaller(hit, upper), 1e-11 * hit + std::numeric_limits<double>::min(), looks,
                     monitoring_method::recursion};
  }
  if (!(shifted.error <= 0.5 * shifted.hit)) return errc::outside_validity;
  return shifted;
}

}  // namespace trimtab::forecast
