// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Dense>

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/garch.hpp>

#include <span>

namespace trimtab::forecast {

struct garch_fit_options {
  bool leverage = false;        ///< fit γ too; else it is 0
  double period = 1.0 / 365.0;  ///< years between returns
  int most_steps = 200;         ///< of the optimiser, per start
};

/// How far a fit can be trusted.
struct garch_fit {
  garch model{};
  double log_likelihood = 0.0;  ///< as `garch_log_likelihood`
  double gradient = 0.0;  ///< largest |∂/∂θ| of the mean log-likelihood in the optimiser's parameters: 0 at an optimum
  double spread = 0.0;  ///< best less worst log-likelihood over the starts that converged
  int converged = 0;    ///< starts that ended at the best log-likelihood, of `starts`
  int starts = 0;
  bool boundary = false;  ///< a parameter ran to the edge of what is possible: standard errors mean nothing there
  double omega_error = 0.0, alpha_error = 0.0, leverage_error = 0.0, beta_error = 0.0;  ///< robust standard errors
};

}  // namespace trimtab::forecast
