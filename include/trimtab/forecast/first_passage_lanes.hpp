// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/interop/xsimd.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace trimtab::forecast {

namespace detail {

/// (1 + √2·y)·erfcx(y/√2) = Σ coefficients[k]·tᵏ, t = (y − 5)/(y + 5), for all y ≥ 0: Chebyshev interpolation on 24
/// nodes in 50 digits, relative error 3e-17.
inline constexpr std::array<double, 24> erfcx_everywhere = {
    1.2416418529896744,     -0.14010482724123563,   -0.008387416356565458,  0.09529732267787229,
    -0.11431809794394725,   0.08879772265808311,    -0.05035710967164404,   0.020417702779199434,
    -0.00492253026131862,   -8.920056148544677e-05, 0.0005657785649217875,  -0.0001524217247335535,
    -3.349465291717935e-05, 2.6677800185488368e-05, 3.5990516042744635e-07, -3.9006621552536404e-06,
    2.9841387902245106e-07, 5.888643950149187e-07,  -6.583840795197194e-08, -9.32492863247266e-08,
    9.09352201623902e-09,   1.338828804114614e-08,  -6.946009198074787e-10, -1.1813708991332873e-09};

template <class Arch>
struct erfcx_pair {
  xsimd::batch<double, Arch> first, second;
};

/// erfcx of y/√2 and z/√2 for y, z ≥ 0, given y·s, z·s and s > 0, without a table: one polynomial in four interleaved
/// chains for each, one division for both, which need not wait for y and z.
template <class Arch>
erfcx_pair<Arch> erfcx_of_deviations(const xsimd::batch<double, Arch>& ys, const xsimd::batch<double, Arch>& zs,
                                     const xsimd::batch<double, Arch>& s) noexcept {
  using batch = xsimd::batch<double, Arch>;
  const batch root_two(1.41421356237309504880), five = batch(5.0) * s;
  const batch scale_y = xsimd::fma(ys, root_two, s), scale_z = xsimd::fma(zs, root_two, s);
  const batch by_y = (ys + five) * scale_y, by_z = (zs + five) * scale_z, inverse = batch(1.0) / (by_y * by_z);
  const auto polynomial = [](const batch& t) {
    const batch t2 = t * t, t4 = t2 * t2;
    batch part[4];
    for (std::size_t j = 0; j < 4; ++j) {
      part[j] = batch(erfcx_everywhere[20 + j]);
      for (std::size_t k = 20; k > 0; k -= 4) part[j] = xsimd::fma(part[j], t4, batch(erfcx_everywhere[k - 4 + j]));
    }
    return xsimd::fma(xsimd::fma(part[3], t, part[2]), t2, xsimd::fma(part[1], t, part[0]));
  };
  const batch of_y = by_z * inverse, of_z = by_y * inverse;
  return {polynomial((ys - five) * scale_y * of_y) * ((ys + five) * s * of_y),
          polynomial((zs - five) * scale_z * of_z) * ((zs + five) * s * of_z)};
}

/// e^{−y²/2}: the square of y's leading 26 bits is exact, what is left of y² is small.
template <class Arch>
xsimd::batch<double, Arch> bell(const xsimd::batch<double, Arch>& y) noexcept {
  using batch = xsimd::batch<double, Arch>;
  const batch mask = xsimd::bitwise_cast<batch>(xsimd::batch<std::uint64_t, Arch>(~((std::uint64_t{1} << 27) - 1)));
  const batch leading = y & mask, rest = batch(0.5) * (y - leading) * (y + leading);
  const batch factor = xsimd::fma(xsimd::fma(rest, batch(0.5), batch(-1.0)), rest, batch(1.0));
  return xsimd::exp(batch(-0.5) * leading * leading) * xsimd::select(rest < batch(1e-3), factor, batch(0.0));
}

}  // namespace detail

/// @brief Probability that ln HF reaches 0 before the horizon, as many accounts at once as a batch has lanes.
///
/// Formula   that of the scalar `liquidation_probability`, within 8 eps·(1 + condition) of it wherever it is a normal
///           number, and 0 or a denormal number below. The three cases share one bell and two erfcx; a drift past x
///           upwards costs the batch one more exponential, and a lane that is no ordinary account (a NaN, T = 0, ∞) is
///           asked of the scalar
/// @param drift, volatility  ν and σ of ln HF, per year and √year
/// @param log_health, years  x and T ≥ 0
/// @return   1 for x ≤ 0; NaN lanes where the scalar is NaN
/// @source   Borodin and Salminen 2002, "Handbook of Brownian Motion", formula 2.1.2.4; the fit derived here, after
///           Shepherd and Laframboise 1981, "Chebyshev approximation of (1 + 2x)exp(x²)erfc x in 0 ≤ x < ∞"
template <class Arch>
xsimd::batch<double, Arch> liquidation_probability(const xsimd::batch<double, Arch>& drift,
                                                   const xsimd::batch<double, Arch>& volatility,
                                                   const xsimd::batch<double, Arch>& log_health,
                                                   const xsimd::batch<double, Arch>& years) noexcept {
  using batch = xsimd::batch<double, Arch>;
  const batch none(0.0), one(1.0), half(0.5), most(1e35);  // fourth powers of these must not overflow
  const batch x = log_health, spread = volatility * xsimd::sqrt(years), moved = drift * years;
  const auto ordinary = (spread > batch(1e-35)) & (spread < most) & (volatility < most) & (xsimd::abs(x) < most) &
                        (xsimd::abs(moved) < most) & (volatility > none);
  const batch with = x + moved, against = x - moved;  // in deviations once divided by the spread
  // Past the barrier by drift, or so far from it: there the bell of that side, and a difference.
  const auto up = against < none, away = (with < none) | up;
  const batch near = xsimd::abs(xsimd::select(up, against, with)), far = xsimd::abs(xsimd::select(up, with, against));
  const auto [at_near, at_far] = detail::erfcx_of_deviations(near, far, spread);
  const batch both = at_near + xsimd::select(away, -at_far, at_far), inverse = one / spread;
  const batch tail = half * detail::bell(near * inverse) * both;
  batch hit = xsimd::select(away, one - tail, tail);
  if (xsimd::any(up)) {
    const batch exponent = batch(-2.0) * (x * inverse) * (moved * inverse);
    hit = xsimd::select(up, hit * xsimd::exp(exponent), hit);
  }
  hit = xsimd::select(x <= none, one, hit);
  if (xsimd::all(ordinary)) return hit;
  std::array<double, batch::size> p, good, nu, sigma, of, until;
  hit.store_unaligned(p.data());
  xsimd::select(ordinary, one, none).store_unaligned(good.data());
  drift.store_unaligned(nu.data());
  volatility.store_unaligned(sigma.data());
  x.store_unaligned(of.data());
  years.store_unaligned(until.data());
  for (std::size_t k = 0; k < batch::size; ++k)
    if (good[k] == 0.0) p[k] = liquidation_probability(motion{nu[k], sigma[k]}, of[k], until[k]);
  return batch::load_unaligned(p.data());
}

/// @brief The same for any number of accounts, each with its own motion and horizon, side by side in arrays. The ones
/// left over at the end go through lanes too: a number does not depend on its place.
/// @param out  one probability for each account
/// @errors   size_mismatch, before anything is written
template <class Arch = xsimd::default_arch>
errc liquidation_probabilities(std::span<const double> drift, std::span<const double> volatility,
                               std::span<const double> log_health, std::span<const double> years,
                               std::span<double> out) noexcept {
  using batch = xsimd::batch<double, Arch>;
  const std::size_t n = out.size();
  if (drift.size() != n || volatility.size() != n || log_health.size() != n || years.size() != n)
    return errc::size_mismatch;
  const auto load = [](const double* from) { return batch::load_unaligned(from); };
  std::size_t i = 0;
  for (; i + batch::size <= n; i += batch::size)
    liquidation_probability(load(&drift[i]), load(&volatility[i]), load(&log_health[i]), load(&years[i]))
        .store_unaligned(&out[i]);
  if (i == n) return errc::ok;
  std::array<std::array<double, batch::size>, 4> rest;
  for (std::size_t k = 0; k < batch::size; ++k) {
    const std::size_t from = i + k < n ? i + k : i;
    rest[0][k] = drift[from], rest[1][k] = volatility[from], rest[2][k] = log_health[from], rest[3][k] = years[from];
  }
  std::array<double, batch::size> last;
  liquidation_probability(load(rest[0].data()), load(rest[1].data()), load(rest[2].data()), load(rest[3].data()))
      .store_unaligned(last.data());
  for (std::size_t k = 0; i + k < n; ++k) out[i + k] = last[k];
  return errc::ok;
}

/// The same for many accounts on one collateral: one motion, one horizon. @errors size_mismatch
template <class Arch = xsimd::default_arch>
errc liquidation_probabilities(const motion& m, std::span<const double> log_health, double years,
                               std::span<double> out) noexcept {
  using batch = xsimd::batch<double, Arch>;
  if (log_health.size() != out.size()) return errc::size_mismatch;
  const batch drift(m.drift), volatility(m.volatility), until(years);
  const std::size_t n = out.size();
  std::size_t i = 0;
  for (; i + batch::size <= n; i += batch::size)
    liquidation_probability(drift, volatility, batch::load_unaligned(&log_health[i]), until).store_unaligned(&out[i]);
  std::array<double, batch::size> last;
  for (std::size_t k = 0; k < batch::size; ++k) last[k] = i + k < n ? log_health[i + k] : 1.0;
  liquidation_probability(drift, volatility, batch::load_unaligned(last.data()), until).store_unaligned(last.data());
  for (std::size_t k = 0; i + k < n; ++k) out[i + k] = last[k];
  return errc::ok;
}

}  // namespace trimtab::forecast
