// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/forecast/kou_transform.hpp>

#include <array>

namespace trimtab::forecast {

/// The probability that ln HF has reached 0 by some time, with jumps, and how it got there.
struct jump_first_passage {
  double hit = 0.0;
  double survive = 0.0;       ///< 1 − hit, to the same absolute error
  double by_diffusion = 0.0;  ///< HF = 1 exactly when it happens
  double by_jump = 0.0;       ///< HF jumps below 1; how far below is exponential in ln HF and independent of when
  double error = 0.0;         ///< absolute, of each of the above: numbers below it are noise
};

namespace detail {

/// Weights of Euler's summation: terms 0 … M count whole (the first one half), the next M fade out; the signs
/// alternate.
inline constexpr std::size_t euler_order = 16;
template <std::size_t M>
constexpr std::array<double, 2 * euler_order + 1> euler_weights() noexcept {
  std::array<double, 2 * euler_order + 1> weight{};
  weight[0] = 0.5;
  for (std::size_t k = 1; k <= M; ++k) weight[k] = 1.0;
  double share = 1.0, choose = 1.0;
  for (std::size_t k = 0; k < M; ++k) share *= 0.5;
  double sum = share;
  weight[2 * M] = share;
  for (std::size_t k = 1; k < M; ++k) {
    choose = choose * static_cast<double>(M - k + 1) / static_cast<double>(k);
    sum += share * choose;
    weight[2 * M - k] = sum;
  }
  for (std::size_t k = 1; k < weight.size(); k += 2) weight[k] = -weight[k];
  return weight;
}

}  // namespace detail

/// @brief Probability that ln HF reaches or jumps past 0 before the horizon, with exponential jumps on top of its
/// motion.
///
/// The Laplace transform in time is known in closed form but for the roots of a quartic; it is inverted on 33 points of
/// one line (Euler's summation of the Bromwich integral). What is inverted is the difference to the motion without
/// jumps, which is added back in closed form: rare jumps cost no digits. Where the probability is small the line is
/// moved to where less noise is left.
/// @param log_health  x = ln HF
/// @return   `hit` and its two parts with their absolute error, an estimate: four times the change from the last two
///           orders of the summation, plus rounding. About 1e-11 for ordinary inputs
/// @errors   those of the motion and of the jumps; not_finite; bad_configuration (years below 0); no_convergence: a
/// root,
///           or the sum to 1e-6, does not settle, or leaves [0, 1] by more than its error. That is where the time of
///           the hit is nearly certain (|ν| large against σ√T, or thousands of jumps a horizon that add up to a drift):
///           the distribution is then nearly a step, which no 33 points follow
/// @cost     33 quartics by continuation, about 6 µs; no allocation
/// @source   Kou and Wang 2003, "First passage times of a jump diffusion process", Lemma 2.1 and Theorem 3.1; Abate and
///           Whitt 2006, "A unified framework for numerically inverting Laplace transforms", section 5, M = 16
inline result<jump_first_passage> kou_first_passage(const motion& m, const exponential_jumps& jumps, double log_health,
                                                    double years) noexcept {
  if (const errc bad = m.validate(); bad != errc::ok) return bad;
  if (const errc bad = jumps.validate(); bad != errc::ok) return bad;
  if (!is_finite(log_health) || !is_finite(years)) return errc::not_finite;
  if (years < 0.0) return errc::bad_configuration;
  if (log_health <= 0.0) return jump_first_passage{1.0, 0.0, 1.0, 0.0, 0.0};
  const first_passage plain = first_passage_of(m, log_health, years);
  if (jumps.rate == 0.0 || years == 0.0) return jump_first_passage{plain.hit, plain.survive, plain.hit, 0.0, 0.0};

  using detail::complex_number;
  constexpr double usual = 12.280453, most = 22.0,  // M·ln 10/3, and where rounding would take over
      pi = 3.14159265358979323846;
  static constexpr auto weight = detail::euler_weights<detail::euler_order>();
  static constexpr auto fewer = detail::euler_weights<detail::euler_order - 1>(),
                        fewest = detail::euler_weights<detail::euler_order - 2>();
  const detail::kou_transform f(m, jumps, log_health);

  // Re α·T. By Markov P(τ ≤ T) ≤ e^A·E e^{−Aτ/T}: a small bound leaves room to go further right.
  detail::kou_transform::pair now = f.on_the_line(usual / years);
  double line = usual;
  {
    const auto there = f.at({usual / years, 0.0}, now);
    const double mean =
        there.diffusion.re + there.jump.re + std::exp(-log_health * f.without_jumps({usual / years, 0.0}).re);
    const double bound = mean * std::exp(usual);
    if (bound < 1.0) {
      line = bound > 0.0 ? usual - 0.5 * std::log(bound) : most;
      if (line > most) line = most;
      now = f.on_the_line(line / years);
    }
  }
  detail::kou_transform::pair before{}, earlier{};
  double diffusion = 0.0, jump = 0.0, noise = 0.0, less = 0.0, least = 0.0;
  for (std::size_t k = 0; k < weight.size(); ++k) {
    const complex_number alpha{line / years, pi * static_cast<double>(k) / years};
    if (k > 0) {
      detail::kou_transform::pair guess = now;
      if (k == 2) {
        guess = {3.0 * (now.s - before.s) + complex_number{now.s.re, -now.s.im},
                 3.0 * (now.t - before.t) + complex_number{now.t.re, -now.t.im}};
      } else if (k > 2) {
        guess = {3.0 * (now.s - before.s) + earlier.s, 3.0 * (now.t - before.t) + earlier.t};
      }
      earlier = before;
      before = now;
      now = guess;
    }
    if (!f.refine(alpha, now)) return errc::no_convergence;
    const auto there = f.at(alpha, now);
    if (!there.right) return errc::no_convergence;
    const complex_number per{alpha.re * years, alpha.im * years};
    const double by_diffusion = (there.diffusion / per).re, by_jump = (there.jump / per).re;
    diffusion += weight[k] * by_diffusion;
    jump += weight[k] * by_jump;
    less += fewer[k] * (by_diffusion + by_jump);
    least += fewest[k] * (by_diffusion + by_jump);
    noise += magnitude(weight[k]) * there.noise / per.size();
  }
  const double height = std::exp(line);
  diffusion *= height, jump *= height, less *= height, least *= height, noise *= height;
  const double sum = diffusion + jump, unsettled = larger(magnitude(sum - less), magnitude(sum - least));
  jump_first_passage out;
  out.error = std::exp(-2.0 * line) + 4.0 * 0x1p-53 * noise + 4.0 * unsettled;
  if (!(out.error <= 1e-6)) return errc::no_convergence;
  for (const double p : {plain.hit + sum, plain.hit + diffusion, jump})
    if (!(p >= -out.error && p <= 1.0 + out.error)) return errc::no_convergence;
  const auto probability = [](double p) { return larger(0.0, smaller(p, 1.0)); };
  out.hit = probability(plain.hit + sum);
  out.survive = probability(plain.survive - sum);
  out.by_jump = smaller(probability(jump), out.hit);
  out.by_diffusion = out.hit - out.by_jump;
  return out;
}

}  // namespace trimtab::forecast
