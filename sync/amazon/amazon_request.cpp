#include "sync/amazon/amazon_request.hpp"

#include <utility>

#include "sync/transport/url.hpp"

namespace gatehouse::sync {

Request amazon_request(const JwoOptions& jwo, const AwsCredentials& aws, std::string_view base_url,
                       std::string_view path, std::string body) {
  Request request;
  request.method = "POST";
  request.url = join_url(base_url, path);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(body);
  request.timeout = amazon_timeout;
  request.signing = AwsSigning{.region = jwo.region,
                               .service = "execute-api",
                               .access_key_id = aws.access_key_id,
                               .secret_access_key = aws.secret_access_key,
                               .session_token = aws.session_token};
  return request;
}

}  // namespace gatehouse::sync
