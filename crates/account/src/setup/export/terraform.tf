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
  region = @REGION@

  default_tags {
    tags = { @TAG@ = @MARK@ }
  }
}

resource "aws_s3_bucket" "uploads" {
  bucket = @BUCKET@
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
@ENCRYPTION@
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  rule {
    id     = "@RULE@"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = @DAYS@
    }
  }
}

resource "aws_s3_bucket_policy" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  policy = jsonencode(@BUCKET_POLICY@)
}

resource "aws_iam_user" "uploads" {
  name = @USER@
}

resource "aws_iam_role" "uploads" {
  name                 = @ROLE@
  max_session_duration = @LONGEST@

  assume_role_policy = jsonencode(@TRUST@)
}

resource "aws_iam_role_policy" "uploads" {
  name = "@ROLE_POLICY@"
  role = aws_iam_role.uploads.id

  policy = jsonencode(@PERMISSIONS@)
}

resource "aws_iam_user_policy" "uploads" {
  name = "@USER_POLICY@"
  user = aws_iam_user.uploads.name

  policy = jsonencode(@USER_DOCUMENT@)
}

output "role_arn" {
  description = "For the destination in Sandglass"
  value       = aws_iam_role.uploads.arn
}
