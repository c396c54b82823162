// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace trimtab::sizing::detail {

/// @brief The weighted graph Laplacian of the tokens whose price is free, and the solve with it.
///
/// Rows and columns of tokens at their bound are left out. Dense below `dense_limit` tokens or where the graph is full,
/// sparse LDLᵀ elsewhere; the sparse one allocates in every factorisation, the dense one never after the first.
class laplacian {
public:
  static constexpr std::size_t dense_limit = 128;

  void shape(std::size_t n, std::size_t edges) {
    const bool sparse = n > dense_limit && (n > 2048 || edges < n * n / 16);
    if (n == count_ && sparse == sparse_) return;
    count_ = n;
    sparse_ = sparse;
    position_.assign(n, -1);
    node_.assign(n, 0);
    const auto rows = static_cast<Eigen::Index>(n);
    right_.resize(rows);
    if (sparse_) {
      dense_.resize(0, 0);
    } else {
      dense_.resize(rows, rows);
    }
  }

  /// Begins anew with these tokens free, L·step = −residual, and the steps of the others given.
  void begin(std::span<const std::uint8_t> free, std::span<const double> residual, std::span<const double> given) {
    free_ = 0;
    given_ = given;
    for (std::size_t j = 0; j < count_; ++j) {
      position_[j] = free[j] != 0 ? static_cast<Eigen::Index>(free_) : -1;
      if (free[j] == 0) continue;
      right_[static_cast<Eigen::Index>(free_)] = -residual[j];
      node_[free_++] = j;
    }
    const auto rows = static_cast<Eigen::Index>(free_);
    if (sparse_) {
      entry_.clear();
    } else {
      dense_.topLeftCorner(rows, rows).setZero();
    }
  }
  /// Adds the symmetric 2 × 2 block of an arc between j and k.
  void add(std::size_t j, std::size_t k, double jj, double kk, double jk) {
    const Eigen::Index pj = position_[j], pk = position_[k];
    if (pj >= 0 && pk >= 0) {
      put(pj, pj, jj);
      put(pk, pk, kk);
      put(std::max(pj, pk), std::min(pj, pk), jk);
    } else if (pj >= 0) {
      put(pj, pj, jj);
      right_[pj] -= jk * given_[k];
    } else if (pk >= 0) {
      put(pk, pk, kk);
      right_[pk] -= jk * given_[j];
    }
  }
  void add(std::size_t j, double jj) {
    if (position_[j] >= 0) put(position_[j], position_[j], jj);
  }
  void add(std::size_t j, std::size_t k, double weight) { add(j, k, weight, weight, -weight); }

  /// The steps of the free tokens. `lift` is added to each diagonal, relative.
  bool solve(std::span<double> step, double lift) {
    const auto rows = static_cast<Eigen::Index>(free_);
    if (free_ == 0) return true;
    if (!(sparse_ ? solve_sparse(rows, lift) : solve_dense(rows, lift))) return false;
    for (Eigen::Index i = 0; i < rows; ++i) step[node_[static_cast<std::size_t>(i)]] = right_[i];
    return right_.head(rows).allFinite();
  }

private:
  void put(Eigen::Index row, Eigen::Index column, double value) {
    if (sparse_) {
      entry_.emplace_back(row, column, value);
    } else {
      dense_.data()[column * dense_.rows() + row] += value;
    }
  }
  bool solve_dense(Eigen::Index rows, double lift) {
    auto block = dense_.topLeftCorner(rows, rows);
    const double most = block.diagonal().maxCoeff();
    if (!(most > 0.0)) return false;
    // A token that nothing trades has an empty row; its residual is what it holds, and a small diagonal moves it down.
    for (Eigen::Index i = 0; i < rows; ++i) block(i, i) = std::max(block(i, i) * (1.0 + lift), most * 1e-280);
    Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factor(block);
    if (factor.info() != Eigen::Success) return false;
    auto right = right_.head(rows);
    factor.solveInPlace(right);
    return true;
  }
  bool solve_sparse(Eigen::Index rows, double lift) {
    matrix_.resize(rows, rows);
    matrix_.setFromTriplets(entry_.begin(), entry_.end());
    const double most = matrix_.diagonal().maxCoeff();
    if (!(most > 0.0)) return false;
    for (Eigen::Index i = 0; i < rows; ++i) {
      double& on = matrix_.coeffRef(i, i);
      on = std::max(on * (1.0 + lift), most * 1e-280);
    }
    sparse_factor_.compute(matrix_);
    if (sparse_factor_.info() != Eigen::Success) return false;
    right_.head(rows) = sparse_factor_.solve(right_.head(rows)).eval();
    return true;
  }

  std::size_t count_ = 0, free_ = 0;
  bool sparse_ = false;
  std::vector<Eigen::Index> position_;
  std::vector<std::size_t> node_;
  std::span<const double> given_;
  Eigen::MatrixXd dense_;
  Eigen::VectorXd right_;
  std::vector<Eigen::Triplet<double>> entry_;
  Eigen::SparseMatrix<double> matrix_;
  Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>, Eigen::Lower> sparse_factor_;
};

}  // namespace trimtab::sizing::detail
