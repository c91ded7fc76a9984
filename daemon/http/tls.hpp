#pragma once

#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "store/values/result.hpp"

namespace gatehouse::http {

/// Whether the dates of a client's certificate count, asked at each handshake on the loop's thread:
/// a clock that nobody confirms refuses nobody. Unset: they do.
using DatesCount = std::function<bool()>;

/// What a server needs to speak TLS 1.2 and above: a PEM chain (own certificate first) and its
/// unencrypted PEM key. With `client_ca_file`, only clients that show a certificate signed by one
/// of its authorities are let in (mTLS); "" lets every client in. Errors name the file:
/// Remedy::repair.
[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> server_tls(
    const std::string& certificate_file, const std::string& key_file,
    const std::string& client_ca_file, DatesCount dates_count = {});

}  // namespace gatehouse::http
