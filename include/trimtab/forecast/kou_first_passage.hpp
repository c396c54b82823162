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
inline constexpr int euler_order = 16;
template <int M>
constexpr std::array<double, 2 * euler_order + 1> euler_weights() noexcept {
  std::array<double, 2 * euler_order + 1> weight{};
  weight[0] = 0.5;
  for (int k = 1; k <= M; ++k) weight[static_cast<std::size_t>(k)] = 1.0;
  double share = 1.0, choose = 1.0;
  for (int k = 0; k < M; ++k) share *= 0.5;
  double sum = share;
  weight[2 * M] = share;
  for (int k = 1; k < M; ++k) {
    choose = choose * (M - k + 1) / k;
    sum += share * choose;
    weight[static_cast<std::size_t>(2 * M - k)] = sum;
  }
  for (std::size_t k = 1; k < weight.size(); k += 2) weight[k] = -weight[k];
  return weight;
}

}  // namespace detail

/// DOC
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
  constexpr double usual = 12.280453, most = 22.0, pi = 3.14159265358979323846;
  static constexpr auto weight = detail::euler_weights<detail::euler_order>();
  static constexpr auto fewer = detail::euler_weights<detail::euler_order - 1>();
  const detail::kou_transform f(m, jumps, log_health);

  // The line: p <= e^A E e^(-A tau/T).
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
  double diffusion = 0.0, jump = 0.0, noise = 0.0, less = 0.0;
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
    noise += magnitude(weight[k]) * there.noise / per.size();
  }
  const double height = std::exp(line);
  diffusion *= height, jump *= height, less *= height, noise *= height;
  jump_first_passage out;
  out.error = std::exp(-2.0 * line) + 4e-16 * noise + magnitude(diffusion + jump - less);
  out.hit = plain.hit + (diffusion + jump);
  out.survive = plain.survive - (diffusion + jump);
  out.by_diffusion = plain.hit + diffusion;
  out.by_jump = jump;
  return out;
}

}  // namespace trimtab::forecast
