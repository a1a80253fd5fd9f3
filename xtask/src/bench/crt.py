"""Uploads a file or a folder's files as aws-cli 2 does: through s3transfer's CRTTransferManager, one for all files.

PyPI carries aws-cli 1 only, which ignores `preferred_transfer_client = crt`; and boto3 opens its CRT client without
an endpoint. So these are the same classes without their command line: what aws-cli 2 costs beside them is not counted.

    crt.py ENDPOINT REGION BUCKET PATH [target in Gbit/s]
"""

import os
import sys

import botocore.config
import botocore.session
from s3transfer.crt import (
    BotocoreCRTCredentialsWrapper,
    BotocoreCRTRequestSerializer,
    CRTTransferManager,
    create_s3_crt_client,
)


def files_of(path):
    if os.path.isfile(path):
        return [(path, os.path.basename(path))]
    above = os.path.dirname(os.path.abspath(path))
    found = []
    for folder, _, names in os.walk(path):
        for name in names:
            file = os.path.join(folder, name)
            found.append((file, os.path.relpath(file, above)))
    return found


def main(endpoint, region, bucket, path, gigabits=None):
    session = botocore.session.Session()
    credentials = BotocoreCRTCredentialsWrapper(session.get_credentials())
    is_https = endpoint.startswith("https:")
    client = create_s3_crt_client(
        region,
        crt_credentials_provider=credentials.to_crt_credentials_provider(),
        target_throughput=int(float(gigabits) * 1e9 / 8) if gigabits else None,
        use_ssl=is_https,
        verify=os.environ.get("AWS_CA_BUNDLE") if is_https else None,
    )
    serializer = BotocoreCRTRequestSerializer(
        session,
        {
            "region_name": region,
            "endpoint_url": endpoint,
            "config": botocore.config.Config(s3={"addressing_style": "path"}),
        },
    )
    with CRTTransferManager(client, serializer) as manager:
        futures = [manager.upload(file, bucket, key) for file, key in files_of(path)]
        for future in futures:
            future.result()


main(*sys.argv[1:])
