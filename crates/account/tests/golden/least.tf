# A bucket that one IAM user uploads to on temporary sessions, made by Sandglass.
# The access key is not in it, since its secret would end in Terraform's state: make one for the user, and keep it in the
# keychain.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = "ap-northeast-1"

  default_tags {
    tags = { sandglass = "s3-fs-example-bucket/" }
  }
}

resource "aws_s3_bucket" "uploads" {
  bucket = "s3-fs-example-bucket"
}

resource "aws_s3_bucket_public_access_block" "uploads" {
  bucket                  = aws_s3_bucket.uploads.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  rule {
    id     = "sandglass-incomplete-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_policy" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  policy = jsonencode({
    "Statement": [
      {
        "Action": "s3:*",
        "Condition": {
          "Bool": {
            "aws:SecureTransport": "false"
          }
        },
        "Effect": "Deny",
        "Principal": "*",
        "Resource": [
          "${aws_s3_bucket.uploads.arn}",
          "${aws_s3_bucket.uploads.arn}/*"
        ],
        "Sid": "OnlyWithTls"
      }
    ],
    "Version": "2012-10-17"
  })
}

resource "aws_iam_user" "uploads" {
  name = "sts-s3-upload-user"
}

resource "aws_iam_role" "uploads" {
  name                 = "sts-s3-example-role"
  max_session_duration = 43200

  assume_role_policy = jsonencode({
    "Statement": [
      {
        "Action": "sts:AssumeRole",
        "Effect": "Allow",
        "Principal": {
          "AWS": "${aws_iam_user.uploads.arn}"
        },
        "Sid": "OnlyThisUser"
      }
    ],
    "Version": "2012-10-17"
  })
}

resource "aws_iam_role_policy" "uploads" {
  name = "upload"
  role = aws_iam_role.uploads.id

  policy = jsonencode({
    "Statement": [
      {
        "Action": "s3:PutObject",
        "Effect": "Allow",
        "Resource": "${aws_s3_bucket.uploads.arn}/*",
        "Sid": "Upload"
      },
      {
        "Action": "s3:ListBucket",
        "Effect": "Allow",
        "Resource": "${aws_s3_bucket.uploads.arn}",
        "Sid": "SeeTheList"
      }
    ],
    "Version": "2012-10-17"
  })
}

resource "aws_iam_user_policy" "uploads" {
  name = "ask-for-a-session"
  user = aws_iam_user.uploads.name

  policy = jsonencode({
    "Statement": [
      {
        "Action": "sts:AssumeRole",
        "Effect": "Allow",
        "Resource": "${aws_iam_role.uploads.arn}",
        "Sid": "AskForASession"
      }
    ],
    "Version": "2012-10-17"
  })
}

output "role_arn" {
  description = "For the destination in Sandglass"
  value       = aws_iam_role.uploads.arn
}
