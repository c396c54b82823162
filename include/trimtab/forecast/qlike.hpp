// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>

namespace trimtab::forecast {

/// @brief What a forecast of variance lost against what then happened: 0 if it was right. The ranking of forecasts by
/// its mean is that by the true variance, even if what is shown is a noisy but unbiased proxy of it, and units do not
/// matter.
///
/// Formula   q − ln q − 1, q = realised/forecast
/// @return   ∞ for nothing realised; NaN unless the forecast is above 0 and the realised variance is not below
/// @source   Patton 2011, "Volatility forecast comparison using imperfect volatility proxies", J. Econometrics 160,
/// (24)
inline double qlike(double realised, double forecast) noexcept {
  if (!(forecast > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  const double off = (realised - forecast) / forecast;
  return off - (off > -0.5 ? std::log1p(off) : std::log(realised / forecast));
}

}  // namespace trimtab::forecast
